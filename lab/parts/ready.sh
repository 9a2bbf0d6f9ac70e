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
        -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$state/known_hosts" "root@$address" "$@" >/dev/null 2>&1
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

# A system with quirks is meant to fail somewhere: it must only be up.
wait_ready() {
    local name=$1 quirks=$2 question command deadline=$((SECONDS + ready_timeout_s)) missing=()
    shift
    [ "$quirks" = - ] || return 0
    while read -r question command; do
        until $command; do
            if [ "$SECONDS" -ge "$deadline" ]; then
                missing+=("$question")
                break
            fi
            sleep 0.3
        done
    done < <(questions "$(column_of "$name" 2)" "$(column_of "$name" 3)")
    [ "${#missing[@]}" -eq 0 ] || fail "$name: does not answer within ${ready_timeout_s} s: ${missing[*]}"
}
