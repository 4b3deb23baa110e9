package t::Rush::Proxy;

# A Redis that misbehaves: a process between nginx and the private Redis.  It
# hands everything through, but for what its rules say, a rule a line:
#
#   COMMAND N ACTION TEXT
#
# COMMAND is a command of Redis, or CLAIM, SETTLE, RESULT or SWEEP for the
# scripts of a play, EVALSHA for others, CONNECT for a new connection.  N is
# which one of them, counted from 1: "2", "2+" (and all after it) or "*".
#
#   reply TEXT      is answered by TEXT and never gets to Redis
#   after TEXT      is carried out, and answered by TEXT
#   append TEXT     is answered, and TEXT follows
#   edit A B        is answered, with the pattern A replaced by B
#   cut N           is carried out, N bytes of the answer come, then the end
#   lose            is carried out, and the connection is closed
#   close           is not carried out, and the connection is closed
#   never           is not carried out, and not answered
#   delay SECONDS   is carried out at once, and answered late
#   hold SECONDS    is carried out late, like all that comes after it
#   ghost SECONDS   is carried out late, and the connection is closed at once
#   ahead MS        is answered by a script whose clock is so much ahead
#   dribble         is answered byte by byte
#
# TEXT knows \r, \n and \xHH.  The names of all commands and the words that
# matter are written to a log: of a script, its first key and its users.

use strict;
use warnings;

use Digest::SHA qw(sha1_hex);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ();
use Socket qw(SOCK_STREAM);
use Time::HiRes qw(time);

# the operations of plays, by what only they have

my @scripts = ([ qr/function claim\(/ => 'CLAIM' ],
               [ qr/function settle\(/ => 'SETTLE' ],
               [ qr/function trim\(/ => 'SWEEP' ],
               [ qr/'found'/ => 'RESULT' ]);

my ($pid, @rules, %seen, %names, @links, $log);


# starts it, or starts it anew with other rules

sub start {
    my (%arg) = @_;

    # renamed into its place, while the one before still runs: so there is never
    # none, or nginx would say so

    my $new = "$arg{path}.new";

    my @listen = (IO::Socket::UNIX->new(Local => $new, Listen => 64,
                                        Type => SOCK_STREAM));

    rename $new, $arg{path} or die "$arg{path}: $!\n";

    stop();
    @rules = map { rule($_) } grep { /\S/ } split /\n/, $arg{rules} // '';

    push @listen, IO::Socket::INET->new(LocalAddr => '127.0.0.1',
                                        LocalPort => $arg{port},
                                        Listen => 64, ReuseAddr => 1);

    die "the proxy cannot listen: $!\n" if grep { !$_ } @listen;

    defined($pid = fork) or die "cannot fork: $!\n";
    return if $pid;

    open $log, '>>', $arg{log} or die "$arg{log}: $!";
    $log->autoflush(1);
    $SIG{TERM} = 'DEFAULT';
    $SIG{PIPE} = $SIG{CHLD} = 'IGNORE';

    eval { serve($arg{redis}, @listen) };
    warn "proxy: $@";
    POSIX::_exit(1);
}


sub stop {
    return unless $pid;

    kill 'TERM', $pid;
    waitpid $pid, 0;
    undef $pid;
}


END {
    local $?;
    stop();
}


sub rule {
    my ($command, $which, $action, $text)
        = $_[0] =~ /^\s*(\S+)\s+(\d+\+?|\*)\s+(\w+)(?:\s(.*))?$/
        or die "no rule of the proxy: $_[0]\n";

    $text //= '';
    $text =~ s/\\r/\r/g;
    $text =~ s/\\n/\n/g;
    $text =~ s/\\x([0-9a-f]{2})/chr hex $1/gei;

    return { command => $command, which => $which, action => $action,
             text => $text };
}


# the rule that this command meets, counted

sub meets {
    my ($name) = @_;
    my $n = ++$seen{$name};

    for my $rule (@rules) {
        next unless $rule->{command} eq $name;

        my ($first, $more) = $rule->{which} =~ /^(\d+)(\+?)$/;

        return $rule if !$first || $n == $first || $more && $n > $first;
    }

    return { action => '' };
}


sub serve {
    my ($redis, @listen) = @_;
    my $parent = getppid;

    while (getppid == $parent) {
        my $set = IO::Select->new(@listen,
                      map { ($_->{client}, $_->{server} // ()) } @links);

        my %ready = map { fileno($_) => 1 } $set->can_read(wait_for());

        for my $sock (@listen) {
            open_link(scalar $sock->accept, $redis) if $ready{fileno $sock};
        }

        for my $link (@links) {
            from_client($link) if $ready{fileno $link->{client}};
            from_server($link)
                if !$link->{gone} && $link->{server}
                   && $ready{fileno $link->{server}};
            answer($link) unless $link->{gone};
        }

        @links = grep { !$_->{gone} } @links;
    }
}


# seconds to the next answer that is late

sub wait_for {
    my ($least) = sort { $a <=> $b }
                  map { $_->{owed}[0]{at} // () }
                  grep { @{ $_->{owed} } && defined $_->{owed}[0]{out} }
                  @links;

    return defined $least ? $least > time ? $least - time : 0 : 5;
}


sub open_link {
    my ($client, $redis) = @_;

    my $rule = meets('CONNECT');
    my $link = { client => $client, in => '', back => '', owed => [] };

    print $log "CONNECT\n";

    if ($rule->{action} eq 'reply') {
        syswrite $client, $rule->{text};

        # what is closed unread makes an error of what was written
        sysread $client, $link->{in}, 65536
            if IO::Select->new($client)->can_read(0.1);
    }

    if ($rule->{action} eq '') {
        $link->{server} = IO::Socket::UNIX->new(Peer => $redis)
            or die "$redis: $!";
        push @links, $link;

    } elsif ($rule->{action} eq 'never') {
        push @links, $link;
    }
}


sub from_client {
    my ($link) = @_;

    my $n = sysread $link->{client}, $link->{in}, 16384, length $link->{in};

    return shut($link) unless $n;
    return unless $link->{server};

    while (defined(my $size = size($link->{in}))) {
        my $raw = substr $link->{in}, 0, $size, '';
        my @words = words($raw);
        my $name = name(@words);
        my $rule = meets($name);
        my $action = $rule->{action};

        note($name, @words);

        haunt($link, $raw, $rule->{text}) if $action eq 'ghost';
        return shut($link) if $action =~ /^(?:close|ghost)$/;

        my $one = { rule => $rule };
        push @{ $link->{owed} }, $one;

        if ($action eq 'reply') {
            $one->{out} = $rule->{text};

        } elsif ($action ne 'never') {
            select undef, undef, undef, $rule->{text} if $action eq 'hold';
            $one->{sent} = 1;
            print { $link->{server} } $raw;
        }
    }
}


# Redis has it, and runs it when nobody waits any more

sub haunt {
    my ($link, $raw, $seconds) = @_;

    defined(my $child = fork) or die "cannot fork: $!\n";
    return if $child;

    close $link->{client};
    select undef, undef, undef, $seconds;
    print { $link->{server} } $raw;
    sysread $link->{server}, my $reply, 65536;
    POSIX::_exit(0);
}


sub from_server {
    my ($link) = @_;

    my $n = sysread $link->{server}, $link->{back}, 65536,
                    length $link->{back};

    return shut($link) unless $n;

    while (defined(my $size = size($link->{back}))) {
        my $raw = substr $link->{back}, 0, $size, '';
        my ($one) = grep { $_->{sent} && !defined $_->{out} }
                         @{ $link->{owed} } or die 'a reply too many';

        my ($action, $text) = @{ $one->{rule} }{qw(action text)};

        $one->{at} = time + $text if $action eq 'delay';
        $one->{end} = 1 if $action =~ /^(?:cut|lose)$/;

        if ($action eq 'edit') {
            my ($from, $to) = split / /, $text;
            $raw =~ s/$from/$to/;

        } elsif ($action eq 'ahead') {
            # batch number, status, now
            $raw =~ s/^(\*\d+\r\n:\d+\r\n\$\d+\r\n\w+\r\n:)(\d+)
                     /$1 . ($2 + $text)/ex;
        }

        $one->{out} = $action eq 'after'  ? $text
                    : $action eq 'append' ? $raw . $text
                    : $action eq 'cut'    ? substr $raw, 0, $text
                    : $action eq 'lose'   ? ''
                    :                       $raw;
    }
}


# sends what is owed, in order

sub answer {
    my ($link) = @_;

    while (my $one = $link->{owed}[0]) {
        return if !defined $one->{out} || $one->{at} && $one->{at} > time;

        my @parts = ($one->{rule}{action} // '') eq 'dribble'
            ? split //, $one->{out} : $one->{out};

        for my $part (@parts) {
            print { $link->{client} } $part;
            select undef, undef, undef, 0.001 if @parts > 1;
        }

        shift @{ $link->{owed} };
        return shut($link) if $one->{end};
    }
}


sub shut {
    my ($link) = @_;

    close $link->{client};
    close $link->{server} if $link->{server};
    $link->{gone} = 1;
}


# bytes of the first whole reply or command, undef if it is not all there

sub size {
    pos($_[0]) = $_[1] // 0;
    $_[0] =~ /\G([-+:\$*_#,])([^\r\n]*)\r\n/gc or return undef;

    my ($type, $n, $end) = ($1, $2, pos $_[0]);

    if ($type eq '$' && $n >= 0) {
        $end += $n + 2;

    } elsif ($type eq '*') {
        for (1 .. $n) {
            $end = size($_[0], $end) // return undef;
        }
    }

    return $end <= length $_[0] ? $end : undef;
}


sub words {
    my ($raw) = @_;
    my @words;

    $raw =~ s/^\*\d+\r\n//;

    while ($raw =~ s/^\$(\d+)\r\n//) {
        push @words, substr $raw, 0, $1, '';
        substr $raw, 0, 2, '';
    }

    return @words;
}


sub script_name {
    my ($body) = @_;

    for my $script (@scripts) {
        return $script->[1] if $body =~ $script->[0];
    }

    return 'EVALSHA';
}


sub name {
    my ($word, @rest) = @_;

    $word = uc $word;

    if ($word eq 'SCRIPT' && uc $rest[0] eq 'LOAD') {
        $names{sha1_hex($rest[1])} = script_name($rest[1]);
    }

    return $names{lc $rest[0]} // 'EVALSHA' if $word eq 'EVALSHA';
    return script_name($rest[0]) if $word eq 'EVAL';

    return $word;
}


sub note {
    my ($name, $word, @rest) = @_;

    if ($word =~ /^EVAL/i) {
        my ($script, $keys, $first) = @rest;
        my @args = splice @rest, 2 + $keys + 5;

        @rest = ($first, map { $args[$_ * 2] } 0 .. @args / 2 - 1);
    }

    if (uc $word eq 'SCRIPT') {
        @rest = ($rest[0]);
    }

    print $log join(' ', $name, @rest) =~ s/[^ -~]/?/gr, "\n";
}

1;
