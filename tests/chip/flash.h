/* What leak.c finds in flash. */
#ifndef FLASH_H
#define FLASH_H

#include "yoke/yoke.h"

extern yoke_app leak_app;
extern const unsigned char flash_gamma[256];

int flash_scale(int n);
int flash_first(int n);
int flash_second(int n);
void flash_third(void);
void flash_begin(void); /* adds a worker whose step is in flash */

#endif
