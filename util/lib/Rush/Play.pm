package Rush::Play;

# What the head of a play says of a campaign's members, and their values.
#
#   my $play = Rush::Play->load($plays, 'sale');      # src/plays/sale.lua
#   my $play = Rush::Play->load($plays, undef, $file) # one's own
#
#   $play->{name}     what "kind" is
#   $play->{keys}     parts of keys beside those of every campaign
#   $play->{order}    names of members
#   $play->{members}  name -> { type, min, max, default, fixed }
#   $play->{supply}   the member and its value with which the supply begins at 0
#
# What is wrong dies with one line that names it and what is allowed.


use strict;
use warnings;

use JSON::PP;
use Time::Local qw(timegm);

our $WORD = qr/[A-Za-z0-9_.:\@-]{1,64}/;
our $RULE = '1 to 64 of A-Z a-z 0-9 _ . : @ -';

my $TOP   = 100000000000000;           # of times, ms
my $LONG  = 4096;                     # bytes of an object, as JSON
my $TAGS  = 128;                      # bytes of tags, with spaces between
my %TYPES = map { $_ => 1 }
    qw(integer duration items boolean time object choice zone tags);
my %UNIT  = (ms => 1, s => 1000, m => 60000, h => 3600000, d => 86400000);

# fields of a campaign that no play may declare
my %RESERVED = map { $_ => 1 }
    qw(kind made version total out seq held void due swept reopen closed
       over about deleted supply secret);


sub load {
    my ($class, $dir, $kind, $file) = @_;
    my $play = bless { members => {}, order => [], keys => [] }, $class;

    if (!defined $file) {
        my @kinds = map { m{([^/]+)\.lua$} } sort glob "'$dir'/*.lua";

        die 'a new campaign needs kind: ' . join(', ', @kinds) . "\n"
            if !defined $kind;
        die "unknown kind \"$kind\": there is " . join(', ', @kinds)
            . ", and -P FILE for a play of your own\n"
            if !grep { $_ eq $kind } @kinds;

        $file = "$dir/$kind.lua";
    }

    $play->head("$dir/lib/frame.lua");
    $play->head($file);

    die "\"$file\" has no \"-- \@play NAME\" line\n"
        if !defined $play->{name};
    die "kind is $kind, but \"$file\" is the play $play->{name}\n"
        if defined $kind && $kind ne $play->{name};

    return $play;
}


# reads the "-- @..." lines of a script

sub head {
    my ($play, $file) = @_;

    for (split /\n/, slurp($file)) {
        my ($what, @words) = /^-- @(\w+)\s+(.*)/ ? ($1, split ' ', $2) : next;

        if ($what eq 'play') {
            $play->{name} = $words[0];

        } elsif ($what eq 'keys') {
            push @{$play->{keys}}, @words;

        } elsif ($what eq 'supply') {
            $play->{supply} = \@words;

        } elsif ($what eq 'fixed') {
            $play->{members}{$_}{fixed} = 1 for @words;

        } elsif ($what eq 'member') {
            $play->member(@words)
                or die "\"$file\" declares \"@words\", which is not NAME "
                       . "TYPE MIN MAX DEFAULT or not a free name\n";
        }
    }
}


sub member {
    my ($play, $name, $type, @rest) = @_;
    my ($min, $max) = (0, $TOP);

    return if !defined $type || !$TYPES{$type} || $name !~ /^[a-z_]+\z/
              || $RESERVED{$name} || $play->{members}{$name};

    ($min, $max) = map { milliseconds($_) } splice @rest, 0, 2
        if $type =~ /^(?:integer|duration|items)\z/;

    return if !defined $min || !defined $max;

    my $choice = $type eq 'choice' ? [split /\|/, shift @rest // ''] : [];

    $play->{members}{$name} = { type => $type, min => $min, max => $max,
                                choice => $choice,
                                default => $rest[0] // '' };
    push @{$play->{order}}, $name;

    return 1;
}


# the field and the value that are stored for a member, several for items;
# $clock gives the time of Redis in ms

sub value {
    my ($play, $name, $text, $clock) = @_;
    my $m = $play->{members}{$name};
    my @pairs;

    if ($m->{type} eq 'items') {
        @pairs = items($m, $text);
        @pairs = ($name, '') if $text eq '';

    } elsif ($m->{type} eq 'object') {
        my $json = object($text);
        @pairs = ($name, $json) if defined $json && length $json <= $LONG;

    } elsif ($m->{type} eq 'tags') {
        my $tags = tags($text);
        @pairs = ($name, $tags) if defined $tags;

    } elsif ($m->{type} =~ /^(?:choice|zone)\z/) {
        my @valid = @{$m->{choice}};
        @pairs = ($name, $text)
            if grep({ $_ eq $text } @valid)
               || $m->{type} eq 'zone'
                  && $text =~ /^[+-](?:0\d|1[0-4]):[0-5]\d\z/;

    } else {
        my $n = $m->{type} eq 'integer'  ? whole($text)
              : $m->{type} eq 'duration' ? milliseconds($text)
              : $m->{type} eq 'boolean'  ? boolean($text)
              :                            instant($text, $clock);

        @pairs = ($name, $n)
            if defined $n && $n >= $m->{min} && $n <= $m->{max};
    }

    die $play->allowed($name) . ", not \"$text\"\n" if !@pairs;

    return @pairs;
}


sub allowed {
    my ($play, $name) = @_;
    my $m = $play->{members}{$name};

    my %text = (
        integer  => "a whole number from $m->{min} to $m->{max}",
        boolean  => 'true or false (yes or no, on or off, 1 or 0)',
        duration => 'a duration from ' . duration($m->{min}) . ' to '
                    . duration($m->{max}) . ' such as 90s, 15m or 2h',
        time     => 'a time: ms since 1970, RFC 3339 such as '
                    . '2026-11-11T00:00:00+08:00, or +30s from now',
        choice   => join(' or ', @{$m->{choice}}),
        zone     => 'hours and minutes from UTC, such as +08:00',
        tags     => "a list TAG,... ($RULE) of at most $TAGS bytes, or nothing",
        object   => "a JSON object of at most $LONG bytes, such as "
                    . '{"title":"Red lipstick"}, or nothing',
        items    => "a list NAME:STOCK,... of different names ($RULE) "
                    . "with whole numbers from $m->{min} to $m->{max}",
    );

    return "$name must be $text{$m->{type}}";
}


sub items {
    my ($m, $text) = @_;
    my %items;

    for (split /,/, $text, -1) {
        my ($item, $stock) = /^($WORD):(\d{1,15})\z/ or return;

        return if $stock < $m->{min} || $stock > $m->{max}
                  || exists $items{$item};

        $items{$item} = 0 + $stock;
    }

    return map { ("item:$_", $items{$_}) } sort keys %items;
}


# tags as they are stored, with spaces

sub tags {
    my ($text) = @_;
    my @tags = split /,/, $text, -1;
    my %seen;

    return undef if grep { !/^$WORD\z/ || $seen{$_}++ } @tags;

    my $list = join ' ', @tags;

    return length $list <= $TAGS ? $list : undef;
}


# the same object in few bytes; empty if there is none

sub object {
    my ($text) = @_;

    return '' if $text eq '';

    my $json  = JSON::PP->new->utf8->canonical->max_depth(16);
    my $value = eval { $json->decode($text) };

    return ref $value eq 'HASH' ? $json->encode($value) : undef;
}


sub whole {
    my ($text) = @_;

    return $text =~ /^\d{1,15}\z/ ? 0 + $text : undef;
}


sub boolean {
    my ($text) = @_;

    return $text =~ /^(?:true|yes|on|1)\z/  ? 1
         : $text =~ /^(?:false|no|off|0)\z/ ? 0
         :                                    undef;
}


# of a duration: a whole number and its unit, ms if there is none

sub milliseconds {
    my ($text) = @_;

    return undef if !defined $text;

    return $text =~ /^(\d{1,15})(ms|[smhd])?\z/ ? $1 * $UNIT{$2 // 'ms'}
                                                : undef;
}


# a duration in the largest unit that it is a multiple of

sub duration {
    my ($ms) = @_;

    return 0 if $ms == 0;

    for (qw(d h m s)) {
        return $ms / $UNIT{$_} . $_ if $ms % $UNIT{$_} == 0;
    }

    return "${ms}ms";
}


# ms since 1970, RFC 3339, or from now on

sub instant {
    my ($text, $clock) = @_;

    return 0 + $text if $text =~ /^\d{1,15}\z/;

    if ($text =~ /^([+-])(\d.*)\z/s) {
        my $ms = milliseconds($2) // return undef;

        return $clock->() + ($1 eq '+' ? $ms : -$ms);
    }

    my ($y, $mon, $d, $h, $min, $s, $part, $zone, $sign, $zh, $zm) = $text
        =~ /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?
            ([Zz]|([+-])(\d\d):(\d\d))\z/x or return undef;

    return undef if $y < 1970 || defined $sign && ($zh > 23 || $zm > 59);

    my $t = eval { timegm($s, $min, $h, $d, $mon - 1, $y) } // return undef;

    $t -= ($zh * 60 + $zm) * ($sign eq '+' ? 60 : -60) if defined $sign;

    return $t * 1000 + substr(($part // '') . '000', 0, 3);
}


sub slurp {
    my ($file) = @_;

    open my $fh, '<', $file or die "cannot open \"$file\": $!\n";
    local $/;

    return scalar <$fh>;
}


1;
