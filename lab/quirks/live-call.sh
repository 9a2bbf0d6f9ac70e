# shellcheck shell=sh
# Somebody is on the telephone, for the next ten minutes; a call that is there already is replaced by a new one.
root=${1%/}
asterisk() {
    "$root/opt/pbxware/sh/asterisk" -rx "$1"
}
# Waits until Asterisk counts as said, for ten seconds at most.
count_becomes() {
    tries=50
    until asterisk 'core show channels count' | grep -qx "$1"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || {
            echo "live-call: no \"$1\" within ten seconds" >&2
            exit 1
        }
        sleep 0.2
    done
}
asterisk 'channel request hangup all' >/dev/null
count_becomes '0 active calls'
asterisk 'channel originate Local/s@demo application Wait 600' >/dev/null
count_becomes '1 active call'
