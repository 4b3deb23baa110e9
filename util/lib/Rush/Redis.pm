package Rush::Redis;

# A small client of Redis: RESP2, one connection, one call at a time.
#
#   my $redis = Rush::Redis->new('unix:/run/redis/redis.sock',
#                                user => 'ops', password_file => $file,
#                                database => 0, timeout => 10);
#   my $reply = $redis->call('HGET', $key, $field);
#
# An address is host:port, [v6]:port or unix:path.  A reply is a string, a
# number, undef for nil, or a reference to an array of these.  An error reply
# dies with "redis: " and its text, and the connection stays good; everything
# else that goes wrong dies, too, and then the connection is closed.  Every
# message is one line.


use strict;
use warnings;

use IO::Select;
use IO::Socket::IP;
use IO::Socket::UNIX;
use Time::HiRes qw(time);


sub new {
    my ($class, $addr, %opt) = @_;
    my $timeout = $opt{timeout} // 10;
    my $sock;

    if ($addr =~ /^unix:(.+)$/) {
        $sock = IO::Socket::UNIX->new(Peer => $1);

    } elsif ($addr =~ /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/) {
        $sock = IO::Socket::IP->new(PeerHost => $1 // $2, PeerPort => $3,
                                    Timeout => $timeout);

    } else {
        die "\"$addr\" is no address: host:port or unix:path\n";
    }

    my $why = $! || $@;
    die "redis: cannot connect to $addr: $why\n" if !$sock;

    my $self = bless { addr => $addr, sock => $sock, in => '',
                       timeout => $timeout }, $class;

    if (defined $opt{password_file}) {
        my @user = defined $opt{user} ? $opt{user} : ();
        $self->call('AUTH', @user, password($opt{password_file}));
    }

    $self->call('SELECT', $opt{database}) if $opt{database};

    return $self;
}


sub call {
    my ($self, @args) = @_;

    die "redis: the connection is closed\n" if !$self->{sock};

    my $out = '*' . @args . "\r\n";

    for my $arg (@args) {
        utf8::encode($arg) if utf8::is_utf8($arg);
        $out .= '$' . length($arg) . "\r\n$arg\r\n";
    }

    $self->{until} = time() + $self->{timeout};

    my ($type, $reply) = eval { $self->send_all($out); $self->reply() };

    if (!defined $type) {
        $self->{sock} = undef;
        die "redis: $self->{addr}: $@";
    }

    die "redis: $reply\n" if $type eq '-';

    return $reply;
}


# the password is the first line of its file

sub password {
    my ($file) = @_;

    open my $fh, '<', $file or die "cannot open \"$file\": $!\n";
    my $line = <$fh> // '';
    $line =~ s/\r?\n\z//;

    die "no password in \"$file\"\n" if $line eq '';

    return $line;
}


sub send_all {
    my ($self, $out) = @_;
    local $SIG{PIPE} = 'IGNORE';

    while (length $out) {
        my $n = syswrite $self->{sock}, $out;

        if (!defined $n) {
            next if $!{EINTR};
            die "$!\n";
        }

        substr $out, 0, $n, '';
    }
}


# returns the type of a reply and its value

sub reply {
    my ($self) = @_;
    my $line = $self->take(sub { index($_[0], "\r\n") });

    $self->take(sub { length $_[0] >= 2 ? 2 : -1 });

    my ($type, $rest) = $line =~ /^([-+:\$*])(.*)$/s
        or die "the reply makes no sense\n";

    return ($type, $rest) if $type eq '+' || $type eq '-';

    $rest =~ /^-?\d+$/ or die "the reply makes no sense\n";

    return ($type, 0 + $rest) if $type eq ':';
    return ($type, undef)     if $rest < 0;

    if ($type eq '$') {
        my $value = $self->take(sub { length $_[0] >= $rest ? $rest : -1 });
        $self->take(sub { length $_[0] >= 2 ? 2 : -1 });
        return ($type, $value);
    }

    return ($type, [ map { ($self->reply())[1] } 1 .. $rest ]);
}


# takes from the input as many bytes as $size says, which is below 0 while
# they are not all there

sub take {
    my ($self, $size) = @_;
    my $n;

    while (($n = $size->($self->{in})) < 0) {
        my $rest = $self->{until} - time();

        die "no reply in $self->{timeout} s\n" if $rest <= 0;

        # nothing to read, or a signal
        next if !IO::Select->new($self->{sock})->can_read($rest);

        my $got = sysread $self->{sock}, $self->{in}, 65536,
                          length $self->{in};

        die "$!\n" if !defined $got && !$!{EINTR};
        die "Redis closed the connection\n" if defined $got && $got == 0;
    }

    return substr $self->{in}, 0, $n, '';
}


1;
