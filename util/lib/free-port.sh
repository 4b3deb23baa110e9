# free_port: prints a port of 127.0.0.1 that nobody listens on.  Who sources
# this has die().


# below those that the kernel gives to connections

free_port() {
    perl -MIO::Socket::INET -e '
        for (1 .. 200) {
            my $port = 20001 + int rand 12000;

            IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1,
                                  LocalPort => $port) or next;
            print $port;
            exit 0;
        }

        exit 1;
    ' || die 'no free port'
}
