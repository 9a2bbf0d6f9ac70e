# shellcheck shell=bash disable=SC2034
# What answers on 2020 is a web server, as behind a forward that leads to another box; sshd is not started.
services=${services/sshd/}
mkdir -p /opt/other-box
echo '<title>Printer</title>' >/opt/other-box/index.html
busybox httpd -p 2020 -h /opt/other-box
