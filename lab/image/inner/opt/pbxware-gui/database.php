<?php
// Asks the product's database with the settings of pbxware.ini.
declare(strict_types=1);

function extension_count(): string
{
    mysqli_report(MYSQLI_REPORT_OFF);
    $settings = parse_ini_file('/etc/pbxware/pbxware.ini', false, INI_SCANNER_RAW);
    $database = @new mysqli(
        $settings['pw_mysql_host'],
        $settings['pw_mysql_username'],
        $settings['pw_mysql_password'],
        'pbxware'
    );
    if ($database->connect_errno) {
        return 'unknown';
    }
    $result = $database->query('SELECT COUNT(*) FROM extensions');
    return $result ? (string) $result->fetch_row()[0] : 'unknown';
}
