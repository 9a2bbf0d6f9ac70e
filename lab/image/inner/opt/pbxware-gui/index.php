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
    $_SESSION = [];
    session_destroy();
    header('Location: /index.php');
    exit;
}
// Every form carries a secret of its session; a form without it was not sent from our own page.
$_SESSION['token'] = $_SESSION['token'] ?? bin2hex(random_bytes(16));
$error = '';
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    if (!hash_equals($_SESSION['token'], (string) ($_POST['token'] ?? ''))) {
        http_response_code(403);
        $error = 'This form has expired. Please try again.';
    } elseif (may_log_in((string) ($_POST['user'] ?? ''), (string) ($_POST['password'] ?? ''))) {
        session_regenerate_id(true);
        $_SESSION['user'] = (string) $_POST['user'];
        header('Location: /index.php');
        exit;
    } else {
        $error = 'Wrong username or password.';
    }
}
header('Cache-Control: no-store');
require __DIR__ . (isset($_SESSION['user']) ? '/dashboard.php' : '/login.php');
