#!/usr/bin/perl
# The Setup Wizard: root logs in with root's password (or with the one in /etc/wizard-password, if that exists).
# A session is a file that holds the token its forms must carry, and whether root has logged in.
use strict;
use warnings;

my $sessions = '/run/wizard';
my $here     = '/cgi-bin/index.cgi';

sub page {
    my ($status, $title, $text, @headers) = @_;
    print "Status: $status\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n";
    print map { "$_\r\n" } @headers, '';
    print "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>$title</title></head>\n";
    print "<body><h1>$title</h1>\n$text</body></html>\n";
    exit 0;
}

sub first_line {
    my ($path, $wanted) = @_;
    open(my $file, '<', $path) or return undef;
    while (my $line = <$file>) {
        chomp $line;
        return $line if $line =~ $wanted;
    }
    return undef;
}

sub root_hash {
    my $own = first_line('/etc/wizard-password', qr/./);
    return $own if defined $own;
    my $shadow = first_line('/etc/shadow', qr/^root:/) // '';
    return (split /:/, $shadow)[1] // '';
}

sub random_name {
    open(my $random, '<', '/dev/urandom') or die "no randomness: $!";
    read($random, my $bytes, 16);
    return unpack('H*', $bytes);
}

sub begin_session {
    my ($state) = @_;
    my ($name, $token) = (random_name(), random_name());
    open(my $file, '>', "$sessions/$name") or die "no session: $!";
    print $file "$token $state\n";
    return ($token, "Set-Cookie: WIZARD=$name; HttpOnly; SameSite=Strict; Path=/");
}

sub form {
    my ($status, $error) = @_;
    unlink grep { -M $_ > 1 / 24 } glob("$sessions/*");
    my ($token, $cookie) = begin_session('guest');
    my $said = $error eq '' ? '' : "<p class=\"error\">$error</p>\n";
    page($status, 'Setup Wizard', <<"HTML", $cookie);
$said<form id="login" method="post" action="$here">
  <input type="hidden" name="token" value="$token">
  <label>Username <input type="text" name="user" value="root" autocomplete="username"></label>
  <label>Password <input type="password" name="password" autocomplete="current-password"></label>
  <button type="submit">Log in</button>
</form>
HTML
}

sub note {
    open(my $log, '>>', '/var/log/wizard.log') or return;
    printf $log "%d login as root %s from %s\n", time, $_[0], $ENV{REMOTE_ADDR} // 'somewhere';
}

my $session = ($ENV{HTTP_COOKIE} // '') =~ /\bWIZARD=([0-9a-f]{32})\b/ ? $1 : '';
my ($token, $state) = split / /, ($session && first_line("$sessions/$session", qr/./)) || ' guest';

if (($ENV{QUERY_STRING} // '') =~ /\blogout=1\b/) {
    unlink "$sessions/$session" if $session;
    page('302 Found', 'Setup Wizard', '', 'Location: /');
}
if (($ENV{REQUEST_METHOD} // '') eq 'POST') {
    my $length = ($ENV{CONTENT_LENGTH} // 0) =~ /^(\d{1,4})$/ ? $1 : 0;
    read(STDIN, my $body, $length);
    my %field;
    for my $pair (split /&/, $body // '') {
        my ($name, $value) = map { tr/+/ /r =~ s/%([0-9a-fA-F]{2})/chr hex $1/ger } split(/=/, $pair, 2), '';
        $field{$name} = $value;
    }
    form('403 Forbidden', 'This form has expired. Please try again.')
        if $token eq '' || ($field{token} // '') ne $token;
    my $hash = root_hash();
    my $given = crypt($field{password} // '', $hash);
    if (($field{user} // '') eq 'root' && length $hash > 4 && defined $given && $given eq $hash) {
        note('accepted');
        unlink "$sessions/$session";
        my (undef, $cookie) = begin_session('root');
        page('302 Found', 'Setup Wizard', '', "Location: $here", $cookie);
    }
    note('refused');
    form('200 OK', 'Wrong username or password.');
}
form('200 OK', '') if $state ne 'root';
page('200 OK', 'Setup Wizard: System', "<p>Logged in as root. <a href=\"$here?logout=1\">Log out</a></p>\n");
