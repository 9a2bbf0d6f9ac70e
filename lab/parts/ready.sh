# shellcheck shell=bash disable=SC2154
# Waits, with a bound, until every service of a system really answers, and says which did not.

ready_timeout_s=60

web_answers() {
    curl --silent --insecure --max-time 5 --output /dev/null "$1"
}

sip_answers() {
    "$python" "$lab/parts/sip_options.py" "$1"
}

# One login by key asks the PBX about the services that no port shows. $2: port, the rest: the command.
ssh_answers() {
    local address=$1 port=$2
    shift 2
    ssh -F none -n -i "$state/id_ed25519" -p "$port" -o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=5 -o LogLevel=ERROR \
        -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$state/$known_hosts" "root@$address" "$@" >/dev/null 2>&1
}

# Prints the questions for one system, a name and a command to a line.
questions() {
    local address=$1 product=$2
    cat <<EOF
sshd-2020 ssh_answers $address 2020 true
web-80 web_answers http://$address/
web-443 web_answers https://$address/
wizard-81 web_answers http://$address:81/
sip-5060 sip_answers $address
mariadb ssh_answers $address 2020 /opt/pbxware/sh/service mariadb status
asterisk ssh_answers $address 2020 /opt/pbxware/sh/service asterisk status
php-fpm ssh_answers $address 2020 /opt/pbxware/sh/service php-fpm status
EOF
    [ "$product" != serverware ] || echo "sshd-2222 ssh_answers $address 2222 true"
}

port_answers() {
    timeout 5 bash -c "exec 3<>'/dev/tcp/$1/$2'" 2>/dev/null
}

# The same for a system that is meant to fail somewhere: only the ports of the services that its init started.
questions_for_services() {
    local address=$1 service
    shift
    for service in "$@"; do
        case $service in
            sshd) echo "$service port_answers $address 2020" ;;
            httpd) echo "wizard-81 port_answers $address 81" ;;
            nginx) printf 'web-%s port_answers %s %s\n' 80 "$address" 80 443 "$address" 443 ;;
            asterisk) echo "sip-5060 sip_answers $address" ;;
        esac
    done
}

# Waits until init has started all that this one system is meant to run, and prints that.
started_services() {
    local deadline=$((SECONDS + ready_timeout_s)) root
    root=$(pbx_root "$1")
    until "$engine" exec "$container_prefix$1" cat "${root%/}/run/ready" 2>/dev/null; do
        [ "$SECONDS" -lt "$deadline" ] || fail "$1: its services did not start within ${ready_timeout_s} s"
        sleep 0.3
    done
}

# Asks every question of standard input, a name and a command to a line, until it is answered or the time is over.
wait_for_answers() {
    local name=$1 question command deadline=$((SECONDS + ready_timeout_s)) missing=()
    while read -r question command; do
        until $command; do
            if [ "$SECONDS" -ge "$deadline" ]; then
                missing+=("$question")
                break
            fi
            sleep 0.3
        done
    done
    [ "${#missing[@]}" -eq 0 ] || fail "$name: does not answer within ${ready_timeout_s} s: ${missing[*]}"
}

wait_ready() {
    questions "$(column_of "$1" 2)" "$(column_of "$1" 3)" | wait_for_answers "$1"
}

# $2: the services that its init started.
wait_ready_with_quirks() {
    # shellcheck disable=SC2086
    questions_for_services "$(column_of "$1" 2)" $2 | wait_for_answers "$1"
}
