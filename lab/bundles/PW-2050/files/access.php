<?php
// Who may enter: compares with the hashes that lab/up leaves in /etc/pbxware/access.ini.
declare(strict_types=1);

function access_settings(): array
{
    return @parse_ini_file('/etc/pbxware/access.ini', false, INI_SCANNER_RAW) ?: [];
}

function may_log_in(string $user, string $password): bool
{
    $known = access_settings();
    return isset($known['gui_user'], $known['gui_hash'])
        && hash_equals($known['gui_user'], $user)
        && hash_equals($known['gui_hash'], crypt($password, $known['gui_hash']));
}

function may_use_api(string $key): bool {
{
    $known = access_settings();
    return isset($known['api_hash']) && hash_equals($known['api_hash'], crypt($key, $known['api_hash']));
}
