# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh and restore_common.sh are sent before this
# Ends a restore at the system: $1 work folder, $2 our token, $3 `unlock`, `tidy` or `let-go`, then the kept folders.
# `tidy` removes what is staged and not used, `let-go` all that was kept, too. Then the lock is given back. May be run
# again. Answers `ended` or `failed WHY`.
need rm rmdir mv touch sync
work=$1 verb=$3
trap '' HUP INT TERM PIPE
hold "$work" "$2"
shift 3
# Our lock comes and goes in the product's own folder, whose time was restored.
parent=${work%/*}
when=
if [ "$#" -gt 0 ] && [ -d "$1" ]; then
    when=$1/when
    # One that is there is of a run that was cut: since then our lock came anew, so it alone knows the time.
    [ -e "$when" ] || { touch -r "$parent" "$when.new" && mv -f "$when.new" "$when"; } || when=
fi
for kept in "$@"; do
    case $kept in */.callout-kept-*) ;; *) fail way-changed ;; esac
    if [ "$verb" = let-go ]; then
        rm -rf "$kept/files" "$kept/doors" "$kept/database" || fail left-behind
    elif [ "$verb" = tidy ]; then
        rm -rf "$kept"/*/new "$kept"/*/want "$kept"/*/*.sql || fail left-behind
    fi
done
rm -f "$work/running" "$work/running.new" "$work"/draft.* || fail left-behind
# The highest owner goes last: as long as it is there, the lock is ours.
step=1
while [ "$step" -le "$generation" ]; do
    rm -f "$work/owner.$step" || fail left-behind
    step=$((step + 1))
done
rmdir "$work" 2>/dev/null
[ -z "$when" ] || { touch -r "$when" "$parent" && rm -f "$when"; }
for kept in "$@"; do
    [ "$verb" != let-go ] || rm -rf "$kept" || fail left-behind
done
echo ended
