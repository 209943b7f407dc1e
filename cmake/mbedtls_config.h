/* What of Mbed TLS is compiled. */
#define MBEDTLS_BASE64_C
#define MBEDTLS_SHA1_C
