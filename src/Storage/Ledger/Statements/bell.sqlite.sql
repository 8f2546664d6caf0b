SELECT rung FROM bells WHERE kind = @kind;
