<?php
// Asks Asterisk itself, through its control socket.
declare(strict_types=1);

/** The three numbers of "core show channels count", or null when Asterisk gives no answer. */
function channel_counts(): ?array
{
    $text = (string) shell_exec('timeout 5 /usr/sbin/asterisk -rx "core show channels count" 2>/dev/null');
    $counts = [];
    foreach (['active_channels' => 'active channels?', 'active_calls' => 'active calls?',
              'calls_processed' => 'calls? processed'] as $name => $words) {
        if (!preg_match("/^(\\d+) $words\$/m", $text, $match)) {
            return null;
        }
        $counts[$name] = (int) $match[1];
    }
    return $counts;
}
