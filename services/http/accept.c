/* The handshake of a WebSocket: what a key is answered with (RFC 6455, 4.2.2). */
#include "frames.h"

#include <string.h>

#include <mbedtls/base64.h>
#include <mbedtls/sha1.h>

#define KEY_LENGTH 24u

bool http_frames_is_key(http_text key)
{
    uint8_t bytes[18];
    size_t n = 0;
    return key.length == KEY_LENGTH &&
           mbedtls_base64_decode(bytes, sizeof bytes, &n, (const uint8_t *)key.at, key.length) ==
               0 &&
           n == 16;
}

void http_frames_accept(http_text key, char to[SOCKET_ACCEPT_SIZE])
{
    static const char salt[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t text[KEY_LENGTH + sizeof salt];
    uint8_t digest[20];
    size_t n = 0;
    memcpy(text, key.at, KEY_LENGTH);
    memcpy(text + KEY_LENGTH, salt, sizeof salt);
    mbedtls_sha1_ret(text, KEY_LENGTH + sizeof salt - 1, digest);
    mbedtls_base64_encode((uint8_t *)to, SOCKET_ACCEPT_SIZE, &n, digest, sizeof digest);
}
