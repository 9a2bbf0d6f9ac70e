# shellcheck shell=bash
# The system was set up anew since we wrote its host keys down: lab/up puts those of on-file into the inventory.
if [ ! -d /etc/ssh/on-file ]; then
    mkdir /etc/ssh/on-file.making
    ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/on-file.making/ssh_host_ed25519_key
    ssh-keygen -q -t rsa -N '' -f /etc/ssh/on-file.making/ssh_host_rsa_key
    rm /etc/ssh/on-file.making/*_key
    mv /etc/ssh/on-file.making /etc/ssh/on-file
fi
