# Makes an empty database, starts its server and waits until it answers. Runs in a drill's scratch machine only.
# $1 seconds to wait, $2 account, $3 $4 $5 names of installer, server and client: of each the first found is used.
# Prints "client NAME" and the server's version; exits 69 for a missing program, 75 where no server came up.
set -u
first_of() {
    for name in $1; do
        command -v "$name" >/dev/null 2>&1 && printf '%s\n' "$name" && return 0
    done
    echo "none of these programs is there: $1" >&2
    exit 69
}
wait_s=$1 account=$2
installer=$(first_of "$3") || exit 69
server=$(first_of "$4") || exit 69
client=$(first_of "$5") || exit 69
home=/callout-drill
mkdir -p "$home" /run/mysqld || exit 75
chown "$account" "$home" /run/mysqld || exit 75
# No host is looked up: there is no network, and the restored tree need not know even localhost.
set_up() {
    rm -rf "$home/data" && mkdir "$home/data" && chown "$account" "$home/data" || exit 75
    "$installer" --user="$account" --datadir="$home/data" --force "$@" >"$home/installer.log" 2>&1
}
# Older ones do not know these options.
set_up --auth-root-authentication-method=normal --skip-test-db || set_up || {
    head -n 1 "$home/installer.log" >&2
    exit 75
}
"$server" --user="$account" --datadir="$home/data" --pid-file="$home/data/drill.pid" --skip-networking \
    </dev/null >"$home/server.log" 2>&1 &
process=$!
waited=0
until version=$("$client" --batch --skip-column-names -e 'SELECT VERSION()' 2>"$home/client.log"); do
    if [ "$waited" -ge "$wait_s" ] || ! kill -0 "$process" 2>/dev/null; then
        grep -h ERROR "$home/server.log" | tail -n 1 >&2
        cat "$home/client.log" >&2
        exit 75
    fi
    sleep 1
    waited=$((waited + 1))
done
printf 'client %s\nversion %s\n' "$client" "$version"
