<?php
// Looks whether each service really answers.
declare(strict_types=1);
require_once __DIR__ . '/telephony.php';

function process_runs(string $pid_file, string $command): bool
{
    $pid = trim((string) @file_get_contents($pid_file));
    return ctype_digit($pid) && strpos((string) @file_get_contents("/proc/$pid/comm"), $command) === 0;
}

function socket_answers(string $address): bool
{
    $socket = @stream_socket_client($address, $code, $message, 2);
    return $socket !== false && fclose($socket);
}

/** Service name to "running" or "stopped". */
function service_states(): array
{
    $answers = [
        'asterisk' => channel_counts() !== null,
        'mariadb' => socket_answers('unix:///run/mysqld/mysqld.sock'),
        'nginx' => process_runs('/run/nginx.pid', 'nginx'),
        'php-fpm' => process_runs('/run/php/php7.4-fpm.pid', 'php-fpm'),
    ];
    return array_map(function (bool $up): string {
        return $up ? 'running' : 'stopped';
    }, $answers);
}
