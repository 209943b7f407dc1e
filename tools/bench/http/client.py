"""A client that looks at every byte: some connections at once, each of which asks repeatedly."""
import selectors
import socket
import time

LIMIT_S = 20  # without news on any connection


class Wrong(Exception):
    """An answer that is not what was asked for, or none."""


def body_of(size):
    """site.h's."""
    return bytes(97 + i % 26 for i in range(size))


class Connection:
    """`left` answers are still to come over it."""

    def __init__(self, place, request, body, left):
        self.request, self.body, self.left = request, body, left
        self.got = b""
        self.longest = 0
        self.began = time.monotonic()
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(place)

    def ask(self):
        self.got = b""
        self.socket.send(self.request)

    def take(self):
        """What has come; the next request goes out when an answer is whole."""
        piece = self.socket.recv(1 << 20)
        self.got += piece
        head, _, body = self.got.partition(b"\r\n\r\n")
        if len(body) < len(self.body) and piece:
            return
        if not head.startswith(b"HTTP/1.1 200 ") or body != self.body:
            raise Wrong(f"{head[:40]!r}, {len(body)} bytes")
        now = time.monotonic()
        self.longest = max(self.longest, now - self.began)
        self.left -= 1
        if self.left:
            self.began = now
            self.ask()


def serve(connection, events, selector):
    """Answers whether it is done."""
    if events & selectors.EVENT_WRITE:  # connected
        selector.modify(connection.socket, selectors.EVENT_READ, connection)
        connection.ask()
    else:
        connection.take()
        if not connection.left:
            selector.unregister(connection.socket)
    return not connection.left


def ask_all(place, path, size, connections, times):
    """`connections` at once, new ones, each of which asks `times` times. Answers how long the
    longest answer took, connection included, in microseconds."""
    request = (f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n").encode()
    body = body_of(size)
    selector = selectors.DefaultSelector()
    all_of_them = [Connection(place, request, body, times) for _ in range(connections)]
    try:
        for c in all_of_them:
            selector.register(c.socket, selectors.EVENT_WRITE, c)
        left = connections
        while left:
            ready = selector.select(LIMIT_S)
            if not ready:
                raise Wrong(f"{path}: {left} of {connections} connections have no answer after "
                            f"{LIMIT_S} s")
            left -= sum(serve(key.data, events, selector) for key, events in ready)
    except OSError as error:
        raise Wrong(f"{path}: {error!r}") from error
    finally:
        for c in all_of_them:
            c.socket.close()
        selector.close()
    return max(c.longest for c in all_of_them) * 1e6
