/* Native builds take the folder user/ alone: the other headers here would hide the system's. */
#include "../user/cu_user.h"
