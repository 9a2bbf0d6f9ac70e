# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Prints the contents of the paths of standard input (one per line), one after the other, nothing between; of a symlink
# its target. Reads only; a path that cannot be read ends it with 4.
while IFS= read -r path; do
    enter "$path" || exit 4
    if [ -L "$name" ]; then
        readlink -n "$name" || exit 4
    else
        [ -f "$name" ] && cat "$name" </dev/null || exit 4
    fi
done
