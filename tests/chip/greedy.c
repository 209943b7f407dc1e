/* A program that allocates, which tools/fits must say. */
#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    char *text = malloc(40);
    return text && fgets(text, 40, stdin) ? puts(text) : 1;
}
