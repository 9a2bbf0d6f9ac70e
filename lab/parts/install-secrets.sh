#!/bin/sh
# Runs inside a container: reads "name base64" lines on standard input, gives every root in the container its password
# and keys, and the PBX (whose outer system begins at $1) its GUI, wizard and API secrets.
set -eu
umask 077
pbx=${1%/}
gui=$pbx/opt/pbxware/pw/etc/pbxware/access.ini

while read -r name value; do
    # By the chroot's tools: a system with busybox alone has no base64.
    value=$(printf '%s' "$value" | chroot "$pbx/opt/pbxware/pw" base64 -d)
    case $name in
        root_password) root_password=$value ;;
        wizard_password) wizard_password=$value ;;
        gui_user) gui_user=$value ;;
        gui_password) gui_password=$value ;;
        api_key) api_key=$value ;;
        authorized_keys) authorized_keys=$value ;;
        support_ca) support_ca=$value ;;
    esac
done

# SHA-512 crypt: sshd, PHP and Perl all verify it. The salt ($1) is fixed per system and purpose, so that the same
# password gives the same file and a second lab/up changes nothing.
hash_of() {
    salt=$(printf '%s %s' "$(cat /proc/sys/kernel/hostname)" "$1" | sha256sum | cut -c1-16)
    printf '%s' "$2" | chroot "$pbx/opt/pbxware/pw" openssl passwd -6 -salt "$salt" -stdin
}

# Puts standard input at $1 with mode $2 and owner $3, at one stroke, unless it is there already.
replace() {
    cat >"$1.new"
    chmod "$2" "$1.new"
    chown "$3" "$1.new"
    if cmp -s "$1.new" "$1"; then
        rm "$1.new"
    else
        mv "$1.new" "$1"
    fi
}

if [ -n "$root_password" ]; then
    root_hash=$(hash_of root "$root_password")
else
    root_hash='*'
fi
for root in / $pbx; do
    root=${root%/}
    grep -qF "root:$root_hash:" "$root/etc/shadow" || printf 'root:%s\n' "$root_hash" | chroot "$root/" chpasswd -e
    mkdir -p "$root/root/.ssh"
    printf '%s\n' "$authorized_keys" | replace "$root/root/.ssh/authorized_keys" 600 0:0
    printf '%s\n' "$support_ca" | replace "$root/etc/ssh/support_ca.pub" 644 0:0
done

if [ "$wizard_password" = "$root_password" ]; then
    rm -f "$pbx/etc/wizard-password"
else
    hash_of wizard "$wizard_password" | replace "$pbx/etc/wizard-password" 600 0:0
fi
# The GUI runs as www-data, whose number is the chroot's own affair.
web_group=$(chroot "$pbx/opt/pbxware/pw" id -g www-data)
{
    printf 'gui_user = "%s"\ngui_hash = "%s"\n' "$gui_user" "$(hash_of gui "$gui_password")"
    # Without a key there is no API: the hash of nothing would let everybody in.
    [ -z "$api_key" ] || printf 'api_hash = "%s"\n' "$(hash_of api "$api_key")"
} | replace "$gui" 640 "0:$web_group"
