<?php
// What a logged-in administrator sees first; its numbers come from the database and from Asterisk.
declare(strict_types=1);
require_once __DIR__ . '/database.php';
require_once __DIR__ . '/telephony.php';
require_once __DIR__ . '/services.php';
$calls = channel_counts();
?>
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>PBXware: Dashboard</title></head>
<body>
<h1>Dashboard</h1>
<p>Logged in as <?= htmlspecialchars($_SESSION['user']) ?>. <a href="/index.php?logout=1">Log out</a></p>
<p>Extensions: <?= htmlspecialchars(extension_count()) ?></p>
<p>Live calls: <?= $calls === null ? 'unknown' : $calls['active_calls'] ?></p>
<ul>
<?php foreach (service_states() as $name => $state) { ?>
  <li><?= htmlspecialchars("$name: $state") ?></li>
<?php } ?>
</ul>
</body>
</html>
