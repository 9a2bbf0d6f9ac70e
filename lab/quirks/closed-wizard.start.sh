# shellcheck shell=bash disable=SC2034
# Nothing listens on 81: the wizard's web server is not started.
services=${services/httpd /}
