UPDATE bells SET rung = rung + 1 WHERE kind = @kind;
