package t::Rush::Http;

# A client for one connection, over TCP or a unix socket: it can pipeline, go
# on with the same connection, and leave before the answer is there.

use strict;
use warnings;

use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Socket qw(IPPROTO_TCP SOL_SOCKET SO_LINGER TCP_NODELAY);


sub new {
    my ($class, $address, $timeout) = @_;

    my $sock = $address =~ m{^/}
        ? IO::Socket::UNIX->new(Peer => $address)
        : IO::Socket::INET->new(PeerAddr => $address, Timeout => $timeout);

    die "cannot connect to $address: $!\n" unless $sock;
    $sock->autoflush(1);
    setsockopt($sock, IPPROTO_TCP, TCP_NODELAY, 1) unless $address =~ m{^/};

    return bless { sock => $sock, timeout => $timeout, in => '' }, $class;
}


sub send {
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    return print { $self->{sock} } $bytes;
}


# leaves: with "reset" the other side gets RST instead of FIN

sub leave {
    my ($self, $reset) = @_;

    setsockopt($self->{sock}, SOL_SOCKET, SO_LINGER, pack('II', 1, 0))
        if $reset;

    close $self->{sock};
}


# reads more; false at the end of the connection

sub more {
    my $self = shift;

    my $ready = IO::Select->new($self->{sock})->can_read($self->{timeout});

    die "no answer within $self->{timeout} s, so far \"$self->{in}\"\n"
        unless $ready;

    return sysread $self->{sock}, $self->{in}, 65536, length $self->{in};
}


sub take {
    my ($self, $size) = @_;

    while (length $self->{in} < $size) {
        $self->more or die "the body is cut: \"$self->{in}\"\n";
    }

    return substr $self->{in}, 0, $size, '';
}


sub line {
    my $self = shift;

    while ($self->{in} !~ /\n/) {
        $self->more or die "the answer is cut: \"$self->{in}\"\n";
    }

    $self->{in} =~ s/^(.*?)\r?\n//;

    return $1;
}


# one answer: status, its headers by lower case name, body, and whether a 100
# came before it

sub answer {
    my ($self, $method) = @_;

    my %answer = (headers => {}, body => '', interim => '');

    while (1) {
        my $line = $self->line;

        ($answer{status}) = $line =~ m{^HTTP/\S+ (\d+)}
            or die "no status line but \"$line\"\n";

        while ((my $header = $self->line) ne '') {
            my ($name, $value) = $header =~ /^([^:\s]+):\s*(.*)$/
                or die "no header but \"$header\"\n";

            push @{ $answer{headers}{lc $name} }, $value;
        }

        last if $answer{status} >= 200;
        $answer{interim} .= $answer{status};
    }

    my %headers = map { ($_ => join ', ', @{ $answer{headers}{$_} }) }
                      keys %{ $answer{headers} };

    $answer{headers} = \%headers;

    if ($method eq 'HEAD' || $answer{status} =~ /^[23]04$/) {
        return \%answer;
    }

    if (($headers{'transfer-encoding'} // '') eq 'chunked') {
        while (my $size = hex $self->line) {
            $answer{body} .= $self->take($size);
            $self->line;
        }

        $self->line;

    } elsif (defined $headers{'content-length'}) {
        $answer{body} = $self->take($headers{'content-length'});

    } else {
        1 while $self->more;
        $answer{body} = $self->{in};
        $self->{in} = '';
    }

    return \%answer;
}

1;
