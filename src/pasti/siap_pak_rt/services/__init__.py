"""One function per thing a resident, an RT head or an official does."""
