# shellcheck shell=sh disable=SC2034 # what is set here is used by drift_facts.sh, before which this is sent
# How sections are told, for drift: each line behind a letter of ours. Reads only; writes nothing.
set -u
LC_ALL=C
export LC_ALL

# What is as long as that is cut, and whoever reads it knows.
longest=4194304

# How `timeout` wants its seconds here: that of an old busybox has an option for them. Empty where there is none.
limit=
if command -v timeout >/dev/null 2>&1; then
    if timeout 5 true 2>/dev/null; then
        limit='timeout 30'
    elif timeout -t 5 true 2>/dev/null; then
        limit='timeout -t 30'
    fi
fi

# Prints standard input, each line behind a letter. Zero bytes are left out; a last line always ends.
told() {
    tr -d '\000' | { head -c "$longest" && echo; } | sed "s/^/$1/"
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# $1: a command's words. Tells what it prints, and comes to its exit status.
answer() {
    # shellcheck disable=SC2086  # words
    said=$($limit $1 2>/dev/null)
    status=$?
    printf '%s\n' "$said" | told ' '
    return "$status"
}

name_file() {
    printf '%s' "$1" | told 'f '
    echo :
}

# $@: files; those that are not there are left out. One that cannot be read makes the section unknown.
tell_files() {
    for file; do
        if [ -f "$file" ]; then
            name_file "$file"
            # shellcheck disable=SC2094  # it is only read
            told ' ' <"$file" || trouble="$file cannot be read"
        elif [ -L "$file" ] && [ ! -e "$file" ]; then
            # A link to nowhere, such as one to /dev/null, is a setting too; its target is among the files.
            name_file "$file"
        fi
    done
}

# $1: the way it was asked.
end_section() {
    if [ -n "$trouble" ]; then
        printf '%s' "$trouble" | tr '\n' ' ' | told '= unknown '
    elif [ -n "$seen" ]; then
        echo "= whole $1"
    else
        echo "= absent $absent"
    fi
}

begin_section() {
    trouble='' seen=yes absent=''
    echo "+ $1"
}
