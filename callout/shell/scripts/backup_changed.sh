# Names regular files whose inode changed at or after second $1 (of this system's clock); rest: find's arguments.
LC_ALL=C
export LC_ALL
since=$1
shift
exec </dev/null
find "$@" -type f -exec stat -c '%Z %n' {} + | awk -v since="$since" '$1 + 0 >= since + 0 && $2 ~ /^\// { sub(/^[0-9]+ /, ""); print }'
