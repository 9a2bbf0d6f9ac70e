# What is at each name of standard input (relative to the folder $1, each ended by NUL)? Touches nothing.
# Answers in batches, in order: `seen MAP`, a 1 for each name that is there and a 0 for one that is not, then for each
# that is there RAWMODE SIZE UID GID MTIME DEVICE INODE LINKS. Links are not followed.
LC_ALL=C
export LC_ALL
cd "$1" || exit 4
# shellcheck disable=SC2016
xargs -0 -n 256 sh -c '
    map=
    left=$#
    while [ "$left" -gt 0 ]; do
        left=$((left - 1))
        name=$1
        shift
        if [ -L "$name" ] || [ -e "$name" ]; then
            map=${map}1
            set -- "$@" "$name"
        else
            map=${map}0
        fi
    done
    echo "seen $map"
    [ "$#" -eq 0 ] || stat -c "%f %s %u %g %Y %d %i %h" "$@"' callout || exit 4
echo end
