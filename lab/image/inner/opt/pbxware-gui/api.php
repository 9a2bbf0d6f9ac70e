<?php
// API v1: /index.php?action=pbxware.OBJECT.METHOD with apikey by GET or POST. Read-only actions alone exist.
// Every answer is HTTP 200, refusals too, as such products do; the shapes of the bodies are the lab's own.
declare(strict_types=1);
require_once __DIR__ . '/telephony.php';
require_once __DIR__ . '/services.php';

function answer_api(string $action, string $key): void
{
    if (!may_use_api($key)) {
        answer_json(['error' => 'Invalid API key.']);
        return;
    }
    $calls = null;
    if (in_array($action, ['pbxware.dashboard.calls', 'pbxware.monitor.live_calls'], true)) {
        $calls = channel_counts();
        if ($calls === null) {
            answer_json(['error' => 'Asterisk gives no answer.']);
            return;
        }
    }
    switch ($action) {
        case 'pbxware.license.info':
            answer_json(['Edition' => 'Business', 'Version' => '7.2 (a35a9165)']);
            return;
        case 'pbxware.dashboard.services':
            answer_json(service_states());
            return;
        case 'pbxware.dashboard.calls':
            answer_json($calls);
            return;
        case 'pbxware.monitor.live_calls':
            header('Content-Type: text/plain; charset=utf-8');
            echo 'Live Calls: ', $calls['active_calls'];
            return;
        case 'pbxware.dashboard.disk_usage':
            $total = (int) disk_total_space('/');
            $free = (int) disk_free_space('/');
            answer_json(['/' => ['total' => $total, 'free' => $free, 'used_percent' => round(100 * (1 - $free / $total), 1)]]);
            return;
        default:
            answer_json(['error' => 'Unknown action.']);
    }
}

function answer_json(array $body): void
{
    header('Content-Type: application/json; charset=utf-8');
    echo json_encode($body);
}
