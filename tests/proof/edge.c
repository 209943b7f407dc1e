/* Compiled twice, as EDGE first and EDGE last: linked before and after the code under proof, so
 * that the search knows where that code's static objects are. */
#define NAME_(what, edge) what##_##edge
#define NAME(what, edge)  NAME_(what, edge)

char NAME(data, EDGE)[8] = {1};
char NAME(bss, EDGE)[8];
