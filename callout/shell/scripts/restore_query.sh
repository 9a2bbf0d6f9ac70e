# Asks the database $2 the SQL of standard input by the client $1 (words); rows come back as plain lines.
set -uf
# shellcheck disable=SC2086  # a command of the profile is words, on purpose
exec $1 -N -B "$2"
