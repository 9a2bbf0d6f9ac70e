#!/bin/sh
# Runs inside the inner tree while it is made: loads the database, leaves recordings, voicemail and sounds.
# Reads database.sql on standard input.
set -eu

install -d -o mysql -g mysql /run/mysqld
mariadbd --user=mysql --skip-networking >/tmp/mariadbd.log 2>&1 &
tries=60
until mysqladmin --silent ping 2>/dev/null; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then
        cat /tmp/mariadbd.log >&2
        exit 1
    fi
    sleep 0.5
done
mysql
mysqladmin shutdown
wait

# Bytes that look random, as compressed speech does, yet are the same in every lab.
sound_file() {
    mkdir -p "$(dirname "$1")"
    openssl enc -aes-128-ctr -nosalt -K "$(printf '%032x' "$3")" -iv 00000000000000000000000000000000 </dev/zero 2>/dev/null |
        head -c "$2" >"$1" || true
}
number=0
for tenant in 200 300; do
    for month in 08 09 10; do
        for day in 02 09 16 23; do
            number=$((number + 1))
            sound_file "/var/spool/asterisk/monitor/$tenant/2026/$month/$day/176$number-10$day.wav" 409600 "$number"
        done
    done
done
sound_file '/var/spool/asterisk/monitor/300/2026/10/23/Genève reception 1.wav' 204800 90
sound_file /var/spool/asterisk/voicemail/200/101/INBOX/msg0000.wav 81920 91
sound_file /var/spool/asterisk/voicemail/300/102/Old/msg0003.wav 40960 92
sound_file /var/lib/asterisk/sounds/greetings/welcome.gsm 33000 93
sound_file /var/lib/asterisk/moh/house/waiting.gsm 99000 94
chown -R asterisk:asterisk /var/spool/asterisk /var/lib/asterisk/sounds /var/lib/asterisk/moh

# The GUI asks Asterisk through its control socket, which belongs to Asterisk's group.
usermod -aG asterisk www-data
rm -f /etc/nginx/sites-enabled/default /var/log/asterisk/* /tmp/* 2>/dev/null || true

# What a chroot of such a product does not carry: database repair tools, Perl's library, key management. A third
# of the tree, which every backup of every test would have to read.
cd /usr/bin
rm -f aria_* myisam* innochecksum perror resolve_stack_dump replace
for tool in binlog slap check import show upgrade conv plugin tzinfo-to-sql waitpid access; do
    rm -f "mariadb-$tool"
done
rm -f gpg gpg-* gpgcompose gpgconf gpgsm gpgtar dirmngr dirmngr-client kbxutil rsync socat innotop
rm -rf /usr/share/perl /usr/lib/x86_64-linux-gnu/perl /usr/lib/x86_64-linux-gnu/gconv /usr/share/vim /usr/share/rsync
