# Hashes the files named as arguments. Per file one line: place among the arguments, SHA-256, size, mtime in seconds.
# `-` stands for what could not be found out.
LC_ALL=C
export LC_ALL
exec </dev/null
index=0
for path in "$@"; do
    sum=- size=- mtime=-
    if [ -f "$path" ] && [ ! -L "$path" ]; then
        sum=$(sha256sum <"$path" 2>/dev/null) || sum=-
        sum=${sum%% *}
        size=$(wc -c <"$path" 2>/dev/null) || size=-
        mtime=$(stat -c %Y "$path" 2>/dev/null) || mtime=-
        # Some wc put spaces before the number; a file that is gone meanwhile has none.
        case $size in *[0-9]*) size=$((size)) ;; *) size=- ;; esac
        printf '%s %s %s %s\n' "$index" "${sum:--}" "$size" "${mtime:--}"
    else
        printf '%s absent - -\n' "$index"
    fi
    index=$((index + 1))
done
