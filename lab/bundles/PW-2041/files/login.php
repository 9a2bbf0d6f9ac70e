<?php // The login form. $error and the session's token are set by index.php. ?>
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="robots" content="noindex"><title>PBXware: Login</title></head>
<body>
<h1>PBXware</h1>
<?php if ($error !== '') { ?>
<p class="error"><?= htmlspecialchars($error) ?></p>
<?php } ?>
<form id="login" method="post" autocomplete="off" action="/index.php">
  <input type="hidden" name="token" value="<?= htmlspecialchars($_SESSION['token']) ?>">
  <label>Username <input type="text" name="user" autocomplete="username"></label>
  <label>Password <input type="password" name="password" autocomplete="off"></label>
  <button type="submit">Log in</button>
</form>
</body>
</html>
