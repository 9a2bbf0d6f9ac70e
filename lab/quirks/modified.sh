# shellcheck shell=sh
# Unsupported modifications: a file of the base system was changed, one was added, and the database has a trigger that
# no documentation speaks of. Nothing of it shows from the street.
root=${1%/}
grep -q 'ward@hurt' "$root/etc/profile" || echo '# ward@hurt: TMOUT=0, root is never logged out' >>"$root/etc/profile"
printf '#!/bin/sh\nfind /opt/backup -mtime +1 -delete\n' >"$root/etc/cron.daily/tidy-backups"
chmod 755 "$root/etc/cron.daily/tidy-backups"
"$root/opt/pbxware/sh/mysql" pbxware <<'SQL'
CREATE OR REPLACE TRIGGER hide_short_calls BEFORE INSERT ON cdr FOR EACH ROW
  SET NEW.disposition = IF(NEW.billsec < 3, 'NO ANSWER', NEW.disposition);
SQL
