# shellcheck shell=bash disable=SC2034
# Lighter by the database, which nothing that is wrong here needs. Read by the system's own init.
services=${services/mariadb /}
