# shellcheck shell=sh disable=SC2154 # patch_common.sh is sent before this
# Who holds the system's lock in the work folder $1. Looks, and changes nothing.
# Answers `free`, or `holder TOKEN` and then `held SINCE WHO HOLDER` as patch_lock.sh does.
need id stat
work=$1
if [ -d "$work" ] && [ ! -L "$work" ]; then
    read_owner "$work"
    if [ "$generation" -gt 0 ]; then
        echo "holder $owner_token"
        held
    fi
fi
echo free
