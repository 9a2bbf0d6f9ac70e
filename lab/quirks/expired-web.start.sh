# shellcheck shell=bash disable=SC2154
# The GUI's certificate ended years ago. Its dates are written out, so that no clock has a say in it.
if [ ! -s "$pw/etc/pbxware/web.key" ]; then
    mkdir -p "$pw/etc/pbxware/authority"
    : >"$pw/etc/pbxware/authority/index"
    cat >"$pw/etc/pbxware/authority/settings" <<'SETTINGS'
[ca]
default_ca = own
[own]
database = /etc/pbxware/authority/index
new_certs_dir = /etc/pbxware/authority
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
SETTINGS
    (
        umask 077
        chroot "$pw" openssl req -new -newkey rsa:2048 -nodes -subj "/CN=$(cat /proc/sys/kernel/hostname)" \
            -keyout /etc/pbxware/web.key.new -out /etc/pbxware/authority/request
        chroot "$pw" openssl ca -batch -notext -selfsign -config /etc/pbxware/authority/settings -keyfile /etc/pbxware/web.key.new \
            -startdate 20200101000000Z -enddate 20210101000000Z -in /etc/pbxware/authority/request -out /etc/pbxware/web.crt
        mv "$pw/etc/pbxware/web.key.new" "$pw/etc/pbxware/web.key"
    ) >/var/log/expired-web.log 2>&1
fi
