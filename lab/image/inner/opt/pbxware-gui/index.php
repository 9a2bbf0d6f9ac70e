<?php
// The GUI's front door: the API when an action is asked for, else login form or dashboard.
declare(strict_types=1);
require __DIR__ . '/access.php';

if (isset($_REQUEST['action'])) {
    require __DIR__ . '/api.php';
    answer_api((string) $_REQUEST['action'], (string) ($_REQUEST['apikey'] ?? ''));
    exit;
}

session_set_cookie_params(['httponly' => true, 'secure' => true, 'samesite' => 'Strict']);
session_name('PBXSESSION');
session_start();

if (isset($_GET['logout'])) {
    session_destroy();
    header('Location: /index.php');
    exit;
}
$error = '';
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (may_log_in((string) ($_POST['user'] ?? ''), (string) ($_POST['password'] ?? ''))) {
        session_regenerate_id(true);
        $_SESSION['user'] = (string) $_POST['user'];
        header('Location: /index.php');
        exit;
    }
    $error = 'Wrong username or password.';
}
require __DIR__ . (isset($_SESSION['user']) ? '/dashboard.php' : '/login.php');
