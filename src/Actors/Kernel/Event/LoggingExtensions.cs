namespace Cairn.ActorKernel.Event;

/// <summary>The levels by name. Formats are the business of <see cref="ILoggingAdapter.Formatter"/>.</summary>
public static class LoggingExtensions
{
    public static void Debug(this ILoggingAdapter log, string format) => log.Log(LogLevel.DebugLevel, null, format);

    public static void Debug(this ILoggingAdapter log, Exception cause, string format) => log.Log(LogLevel.DebugLevel, cause, format);

    public static void Debug<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        Write(log, (LogLevel.DebugLevel, null), format, arg1!);

    public static void Debug<T1>(this ILoggingAdapter log, Exception cause, string format, T1 arg1) =>
        Write(log, (LogLevel.DebugLevel, cause), format, arg1!);

    public static void Debug<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.DebugLevel, null), format, arg1!, arg2!);

    public static void Debug<T1, T2>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.DebugLevel, cause), format, arg1!, arg2!);

    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.DebugLevel, null), format, arg1!, arg2!, arg3!);

    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.DebugLevel, cause), format, arg1!, arg2!, arg3!);

    public static void Info(this ILoggingAdapter log, string format) => log.Log(LogLevel.InfoLevel, null, format);

    public static void Info(this ILoggingAdapter log, Exception cause, string format) => log.Log(LogLevel.InfoLevel, cause, format);

    public static void Info<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        Write(log, (LogLevel.InfoLevel, null), format, arg1!);

    public static void Info<T1>(this ILoggingAdapter log, Exception cause, string format, T1 arg1) =>
        Write(log, (LogLevel.InfoLevel, cause), format, arg1!);

    public static void Info<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.InfoLevel, null), format, arg1!, arg2!);

    public static void Info<T1, T2>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.InfoLevel, cause), format, arg1!, arg2!);

    public static void Info<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.InfoLevel, null), format, arg1!, arg2!, arg3!);

    public static void Info<T1, T2, T3>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.InfoLevel, cause), format, arg1!, arg2!, arg3!);

    public static void Warning(this ILoggingAdapter log, string format) => log.Log(LogLevel.WarningLevel, null, format);

    public static void Warning(this ILoggingAdapter log, Exception cause, string format) => log.Log(LogLevel.WarningLevel, cause, format);

    public static void Warning<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        Write(log, (LogLevel.WarningLevel, null), format, arg1!);

    public static void Warning<T1>(this ILoggingAdapter log, Exception cause, string format, T1 arg1) =>
        Write(log, (LogLevel.WarningLevel, cause), format, arg1!);

    public static void Warning<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.WarningLevel, null), format, arg1!, arg2!);

    public static void Warning<T1, T2>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.WarningLevel, cause), format, arg1!, arg2!);

    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.WarningLevel, null), format, arg1!, arg2!, arg3!);

    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.WarningLevel, cause), format, arg1!, arg2!, arg3!);

    public static void Error(this ILoggingAdapter log, string format) => log.Log(LogLevel.ErrorLevel, null, format);

    public static void Error(this ILoggingAdapter log, Exception cause, string format) => log.Log(LogLevel.ErrorLevel, cause, format);

    public static void Error<T1>(this ILoggingAdapter log, string format, T1 arg1) =>
        Write(log, (LogLevel.ErrorLevel, null), format, arg1!);

    public static void Error<T1>(this ILoggingAdapter log, Exception cause, string format, T1 arg1) =>
        Write(log, (LogLevel.ErrorLevel, cause), format, arg1!);

    public static void Error<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.ErrorLevel, null), format, arg1!, arg2!);

    public static void Error<T1, T2>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2) =>
        Write(log, (LogLevel.ErrorLevel, cause), format, arg1!, arg2!);

    public static void Error<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.ErrorLevel, null), format, arg1!, arg2!, arg3!);

    public static void Error<T1, T2, T3>(this ILoggingAdapter log, Exception cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, (LogLevel.ErrorLevel, cause), format, arg1!, arg2!, arg3!);

    private static void Write(
        ILoggingAdapter log, (LogLevel Level, Exception? Cause) what, string format, params object[] arguments)
    {
        if (log.IsEnabled(what.Level))
        {
            log.Log(what.Level, what.Cause, log.Formatter.Format(format, arguments));
        }
    }
}
