# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Takes the system's lock: $1 work folder, $2 our token, $3 who we are (one word), $4 the token of a holder whose
# lock is to be taken over, or `-`. Nothing is ever taken over silently: of a lock of an earlier boot, or whose holder is
# gone, that is told. Only the run that has the token may go on with it after a boot.
# Answers `locked`, `held SINCE WHO HOLDER` (see `holder`), or `failed WHAT`.
need mkdir ln mv rm rmdir date stat sha256sum tar sync chmod chown cat id
work=$1
token=$2
who=$3
seize=$4
[ -L "$work" ] && { echo "failed work-folder"; exit 4; }
mkdir -p "$work" 2>/dev/null || { echo "failed work-folder"; exit 4; }
(cd -P -- "$work" && only_ours "$work") || { echo "failed work-folder"; exit 4; }
read_owner "$work"
here=$(boot_id)
if [ "$owner_token" = "$token" ] && [ "$owner_boot" = "$here" ]; then
    echo locked
    exit 0
fi
if [ "$generation" -gt 0 ] && [ "$owner_token" != "$token" ] && [ "$owner_token" != "$seize" ]; then
    held
fi
# Somebody was quicker. It may have been ourselves: a lock that was asked for on a line that was then cut is asked for
# once more, and the first asking may still be on its way here.
outrun() {
    read_owner "$work"
    if [ "$owner_token" = "$token" ] && [ "$owner_boot" = "$here" ]; then
        echo locked
        exit 0
    fi
    held
}
seen=$generation
seen_token=$owner_token
learn_sync "$work"
# Each asking has its own: the lock is a link to it, and writing it again would empty the lock for a moment.
draft=$work/draft.$token.$$
echo "$here $token $(date +%s) $who $PPID $(started "$PPID")" >"$draft" || { echo "failed disk"; exit 4; }
durable "$draft"
if ! ln "$draft" "$work/owner.$((seen + 1))" 2>/dev/null; then
    [ -e "$draft" ] || outrun
    rm -f "$draft"
    read_owner "$work"
    [ "$generation" -gt "$seen" ] && outrun
    rmdir "$work" 2>/dev/null
    echo "failed links"
    exit 4
fi
rm -f "$draft"
# Was what we took over still there? If its holder let go meanwhile, somebody else may have begun anew.
if [ "$seen" -gt 0 ]; then
    still=
    [ -r "$work/owner.$seen" ] && read -r _ still _ <"$work/owner.$seen"
    if [ "$still" != "$seen_token" ]; then
        rm -f "$work/owner.$((seen + 1))"
        read_owner "$work"
        held
    fi
fi
durable "$work"
echo locked
