# Hashes the files named on standard input (relative to the folder $1, each ended by NUL), one line each, in order;
# $2 is `odd` for names that hold a newline or a backslash, which sha256sum would not print as they are.
LC_ALL=C
export LC_ALL
cd "$1" || exit 4
if [ "$2" = odd ]; then
    # shellcheck disable=SC2016
    xargs -0 -n 64 sh -c '
        for name do
            sum=$(sha256sum <"$name") || sum=-
            echo "${sum%% *}"
        done' callout || exit 4
else
    xargs -0 -n 128 sha256sum | cut -d ' ' -f 1 || exit 4
fi
echo end
