# Starts a service and waits until it is up. Runs in a drill's scratch machine only.
# $1 seconds to wait, $2 the question, $3 what its answer holds when it is up, then ways to start it: the next is
# tried where one fails. Prints the line of the answer; exits 75 where it does not come up, and says its last words.
set -u
wait_s=$1 question=$2 wanted=$3
shift 3
log=/callout-drill/service.log
mkdir -p /callout-drill
waited=0
for start in "$@"; do
    sh -c "$start" </dev/null >"$log" 2>&1 &
    process=$! left=
    while [ "$waited" -lt "$wait_s" ]; do
        answer=$(sh -c "$question" 2>/dev/null </dev/null | grep -F -e "$wanted" | head -n 1)
        if [ -n "$answer" ]; then
            printf '%s\n' "$answer"
            exit 0
        fi
        # A service may end well because it went to the background; one that ends badly is started another way.
        if [ -z "$left" ] && ! kill -0 "$process" 2>/dev/null; then
            left=yes
            wait "$process" || break
        fi
        sleep 1
        waited=$((waited + 1))
    done
done
tail -n 1 "$log" >&2
exit 75
