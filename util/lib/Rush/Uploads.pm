package Rush::Uploads;

# What was uploaded of codes while a campaign gave them away.  A file with a
# line an upload: the ms before it was sent and after it was answered, how many
# were added, and the file with the codes, one a line.
#
#   my $uploads = Rush::Uploads->new($file);       # undef: nothing is known
#
#   $uploads->{known}   there is such a file
#   $uploads->{list}    [ { sent, done, added } ], by done
#   $uploads->{codes}   code -> ms before which nobody can have had it


use strict;
use warnings;

my $MAX = 64;                          # bytes of a code


sub new {
    my ($class, $file) = @_;
    my $uploads = bless { known => defined $file, list => [], codes => {} },
                        $class;

    $uploads->read($file) if defined $file;

    return $uploads;
}


sub read {
    my ($uploads, $file) = @_;

    open my $fh, '<', $file or die "\"$file\": $!\n";

    while (my $text = <$fh>) {
        my ($sent, $done, $added, $name) = $text =~ /^(\d+) (\d+) (\d+) (.+)$/
            or die "\"$file\" line $.: not SENT DONE ADDED FILE\n";

        push @{$uploads->{list}},
             { sent => $sent, done => $done, added => $added };

        $uploads->read_codes($name, $sent);
    }

    @{$uploads->{list}} = sort { $a->{done} <=> $b->{done} }
                               @{$uploads->{list}};
}


sub read_codes {
    my ($uploads, $name, $sent) = @_;
    my $codes = $uploads->{codes};

    open my $fh, '<:raw', $name or die "\"$name\": $!\n";

    while (my $code = <$fh>) {
        $code =~ s/\r?\n\z//;

        next if !allowed($code);

        $codes->{$code} = $sent
            if !defined $codes->{$code} || $sent < $codes->{$code};
    }
}


sub allowed {
    my ($code) = @_;
    my $text = $code;

    return length $code > 0 && length $code <= $MAX
           && $code !~ /[\x00-\x1f\x7f]/ && utf8::decode($text);
}


1;
