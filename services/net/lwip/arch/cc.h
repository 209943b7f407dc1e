/* What lwIP wants to know of the compiler and of us. */
#ifndef YOKE_LWIP_CC_H
#define YOKE_LWIP_CC_H

#include <stdint.h>

/* clock.c and random.c of services/net */
uint32_t net_random(void);
_Noreturn void net_check_failed(void);

#define LWIP_RAND()             net_random()
#define LWIP_PLATFORM_DIAG(x)   ((void)0)
#define LWIP_PLATFORM_ASSERT(x) net_check_failed()
#define LWIP_NO_CTYPE_H         1
#define LWIP_ERR_T              int8_t

#endif
